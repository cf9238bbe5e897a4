"""The patient's screens: each a function from the model's state to controls. Handlers are one call."""
