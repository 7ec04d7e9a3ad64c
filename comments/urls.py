from django.urls import path

from comments import views

app_name = "comments"
urlpatterns = [
    path("articles/<slug:slug>/comments/", views.comments, name="comments"),
    path("articles/<slug:slug>/comments/sent/", views.sent, name="sent"),
    path("articles/<slug:slug>/comments.json", views.comments_json, name="json"),
    path("articles/<slug:slug>/media/<int:pk>/", views.media, name="media"),
]
