"""A language model that may help with hard messages, and is believed in nothing: what it says is checked or dropped."""
