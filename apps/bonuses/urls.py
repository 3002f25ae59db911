app_name = "bonuses"
urlpatterns: list = []
