"""What a browser sends back of a form of the admin."""


def inline_form(response):
    """What a browser would send back of an admin form as it stands."""
    adminform = response.context["adminform"].form
    forms = [adminform]
    for formset in response.context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.initial_forms]
    values = {}
    for form in forms:
        for bound in form:
            value = bound.value()
            if callable(value):
                value = value()
            if isinstance(value, bool):
                if value:
                    values[bound.html_name] = "on"
            elif isinstance(value, list):
                values[bound.html_name] = [getattr(one, "pk", one) for one in value]
            elif hasattr(bound.field.widget, "widgets"):
                parts = bound.field.widget.decompress(value)
                for n, part in enumerate(parts):
                    values[f"{bound.html_name}_{n}"] = "" if part is None else str(part)
            elif value is not None:
                # A browser sends the line ends of the network.
                text = isinstance(value, str)
                values[bound.html_name] = value.replace("\n", "\r\n") if text else value
    return values
