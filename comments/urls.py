from django.urls import path

from comments import (
    checking,
    feeds,
    own_data_views,
    own_views,
    reader_views,
    report_views,
    views,
)

app_name = "comments"
urlpatterns = [
    path("articles/<slug:slug>/comments/", views.comments, name="comments"),
    path("articles/<slug:slug>/comments/sent/", own_views.sent, name="sent"),
    path("articles/<slug:slug>/comments/own/", own_views.edit, name="own_edit"),
    path(
        "articles/<slug:slug>/comments/own/delete/",
        own_views.delete,
        name="own_delete",
    ),
    path(
        "articles/<slug:slug>/comments/reported/",
        report_views.reported,
        name="reported",
    ),
    path(
        "articles/<slug:slug>/comments/<int:pk>/report/",
        report_views.report,
        name="report",
    ),
    path("articles/<slug:slug>/comments.json", views.comments_json, name="json"),
    # After the one above, whose ending it must not take.
    path(
        "articles/<slug:slug>/comments.<feed:form>",
        feeds.article_comments,
        name="article_feed",
    ),
    path("feeds/comments.<feed:form>", feeds.comments, name="feed"),
    path("articles/<slug:slug>/media/<int:pk>/", views.media, name="media"),
    path("comments/check/<str:token>/", checking.check, name="check"),
    path("comments/confirm/<str:token>/", reader_views.confirm, name="confirm"),
    path("comments/mute/<str:token>/", reader_views.mute, name="mute"),
    path("comments/yours/", own_data_views.ask, name="yours_ask"),
    path("comments/yours/check/", own_data_views.asked, name="yours_asked"),
    path("comments/yours/<str:token>/", own_data_views.yours, name="yours"),
    path(
        "comments/yours/<str:token>/comments.json",
        own_data_views.yours_json,
        name="yours_json",
    ),
]
