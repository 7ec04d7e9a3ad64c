from django.urls import path

from articles import feeds, oembed, sitemap, views

app_name = "articles"
urlpatterns = [
    path("", views.home, name="home"),
    path("articles/", views.article_list, name="list"),
    path("articles/<slug:slug>/", views.article, name="article"),
    path("authors/<slug:slug>/", views.author, name="author"),
    path("topics/", views.topic_list, name="topics"),
    path("topics/<slug:slug>/", views.topic, name="topic"),
    path("feeds/articles.<feed:form>", feeds.articles, name="feed"),
    path("feeds/topics/<slug:slug>.<feed:form>", feeds.topic, name="topic_feed"),
    path("search/", views.search_page, name="search"),
    path("oembed/", oembed.oembed, name="oembed"),
    path("sitemap.xml", sitemap.sitemap, name="sitemap"),
    path("sitemap-lists.xml", sitemap.lists_sitemap, name="sitemap_lists"),
    path(
        "sitemap-<slug:kind>-<int:part>.xml", sitemap.part_sitemap, name="sitemap_part"
    ),
    path("<slug:path>/", views.page, name="page"),
]
