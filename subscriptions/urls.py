from django.urls import path

from subscriptions import preference_views, views

app_name = "subscriptions"
urlpatterns = [
    path("subscribe/", views.subscribe, name="subscribe"),
    path("subscribe/check/", views.check, name="check"),
    path("subscribe/confirm/<str:token>/", views.confirm, name="confirm"),
    path("unsubscribe/<str:token>/", views.leave, name="leave"),
    path("preferences/", preference_views.ask, name="ask"),
    path("preferences/address/<str:token>/", preference_views.address, name="address"),
    path("preferences/<str:token>/", preference_views.preferences, name="preferences"),
    path("preferences/<str:token>/address/", preference_views.move, name="move"),
    path("preferences/<str:token>/erase/", preference_views.erase, name="erase"),
    path(
        "preferences/<str:token>/subscription.json",
        preference_views.export,
        name="export",
    ),
]
