"""What is kept about people, as data (columns.toml), and the papers that say so, printed from it and the settings."""

from grannsamverkan.privacy.assessment import assessment, risks
from grannsamverkan.privacy.inventory import GROUNDS, Kept, inventory
from grannsamverkan.privacy.notice import notice
from grannsamverkan.privacy.papers import processors, register, retention

__all__ = ["GROUNDS", "Kept", "assessment", "inventory", "notice", "processors", "register", "retention", "risks"]
