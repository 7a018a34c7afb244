"""What the SMS provider refuses, and in which words."""

from json.encoder import encode_basestring_ascii as quoted

LONGEST_BODY = 1600

# Twilio's codes: HTTP status and what they say. The number stands in the sentence, as it does in the real ones.
ERRORS = {
    20003: (401, "Authenticate"),
    20009: (409, "Cannot delete a message that is on its way"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too many requests"),
    21211: (400, "The 'To' number {to} is not a valid phone number"),
    21602: (400, "A message body is required"),
    21603: (400, "A 'From' number or a messaging service is required"),
    21604: (400, "A 'To' number is required"),
    21610: (400, "The recipient {to} has unsubscribed"),
    21614: (400, "The 'To' number {to} cannot receive SMS"),
    21617: (400, "The message body is longer than 1600 characters"),
    20001: (400, "A date in the query cannot be read"),
}


def fault(form: dict[str, str]) -> int:
    """The code of what is wrong with a message to be created; 0 when it may go. Numbering plans are not asked."""
    to, body = form.get("To", ""), form.get("Body", "")
    if not to:
        return 21604
    if not (to[:1] == "+" and to[1:].isdigit()):
        return 21211
    if not body:
        return 21602
    if len(body) > LONGEST_BODY:
        return 21617
    return 0 if form.get("From") or form.get("MessagingServiceSid") else 21603


def error_body(code: int, to: str) -> bytes:
    """An error in the provider's JSON form."""
    status, message = ERRORS[code]
    sentence = quoted(message.format(to=to))
    return (
        f'{{"code": {code}, "message": {sentence}, "more_info": "https://www.twilio.com/docs/errors/{code}", '
        f'"status": {status}}}'
    ).encode()
