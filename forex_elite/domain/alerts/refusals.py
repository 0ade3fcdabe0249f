"""Why an alert could not be read, each as a fact with its own stable code and words for the alert's author."""

from __future__ import annotations

from forex_elite.errors import Refused


class AlertUnreadable(Refused):
    """The alert text does not say, beyond doubt, what to trade; the message tells what to change in TradingView."""

    code = "alert-unreadable"


class AlertEmpty(AlertUnreadable):
    """The message box of the alert is empty; paste the text the strategy page offers."""

    code = "alert-empty"


class AlertTooLarge(AlertUnreadable):
    """The body is longer than any alert; send only the fields that are needed."""

    code = "alert-too-large"
    status = 413


class AlertNotText(AlertUnreadable):
    """The body is not UTF-8 text."""

    code = "alert-not-text"


class AlertTooDeep(AlertUnreadable):
    """The JSON is nested deeper than any alert; send a flat object."""

    code = "alert-too-deep"


class AlertNotUnderstood(AlertUnreadable):
    """Neither a JSON object nor a PineConnector line; paste the text the strategy page offers."""

    code = "alert-not-understood"


class PlaceholderLeft(AlertUnreadable):
    """TradingView did not fill in a placeholder: it does not exist for this kind of alert, or is misspelt."""

    code = "alert-placeholder-left"


class FieldMissing(AlertUnreadable):
    """A field the command needs is absent."""

    code = "alert-field-missing"


class FieldInvalid(AlertUnreadable):
    """A field holds something that cannot be what it stands for; `field` in the details names it."""

    code = "alert-field-invalid"


class AlertContradictory(AlertUnreadable):
    """Two parts of the alert say different things, so neither is believed."""

    code = "alert-contradictory"


class CommandUnknown(AlertUnreadable):
    """The action is not a word this reader knows."""

    code = "alert-command-unknown"


class CommandUnsupported(AlertUnreadable):
    """The action or option is understood but not offered; the message names the way that is."""

    code = "alert-command-unsupported"
