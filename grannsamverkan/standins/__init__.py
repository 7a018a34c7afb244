"""The neighbours' phones: stand-ins for the SMS provider and the mail relay, as processes of their own on loopback.

They import nothing else of this package, so that they start at once and outlive whatever happens to the product.
`launch` starts them and counts what they accepted.
"""
