"""The schema. Importing this package registers every table with SQLModel's metadata."""

from forex_elite.db.tables.candles import Candle, CandleSeries
from forex_elite.db.tables.ea import EaDraftFile, EaPreset, EaProject, EaVersion, EaVersionFile
from forex_elite.db.tables.ea_deployments import EaDeployment, EaDeploymentEvent
from forex_elite.db.tables.ea_generations import EaGeneration, EaGenerationEvent
from forex_elite.db.tables.experts import Artifact
from forex_elite.db.tables.files import Erasure, PreparedChunk, PreparedFile
from forex_elite.db.tables.notifications import (
    NotificationChannel,
    NotificationCode,
    NotificationDelivery,
    NotificationSettings,
)
from forex_elite.db.tables.orders import PendingOrder, TicketOrder
from forex_elite.db.tables.oversight import AuditHead, AuditRecord
from forex_elite.db.tables.people import Consent, IbPartner, LoginAttempt, Session, User, UserSettings
from forex_elite.db.tables.series import (
    AccountRollup,
    AccountSnapshot,
    Alert,
    BalanceOperation,
    BrokerQuote,
    QuoteBar,
    SyncRun,
    TradeDay,
)
from forex_elite.db.tables.signals import Signal, SignalExecution, SignalFingerprint, Strategy, StrategyAccount
from forex_elite.db.tables.terminals import (
    Account,
    AccountCredential,
    AccountGroup,
    Agent,
    Symbol,
    SystemLog,
    Trade,
    TradeEvent,
)
from forex_elite.db.tables.trading import Job, RiskEvent

__all__ = [
    "Account",
    "AccountCredential",
    "AccountGroup",
    "AccountRollup",
    "AccountSnapshot",
    "Agent",
    "Alert",
    "Artifact",
    "AuditHead",
    "AuditRecord",
    "BalanceOperation",
    "BrokerQuote",
    "Candle",
    "CandleSeries",
    "Consent",
    "EaDeployment",
    "EaDeploymentEvent",
    "EaDraftFile",
    "EaGeneration",
    "EaGenerationEvent",
    "EaPreset",
    "EaProject",
    "EaVersion",
    "EaVersionFile",
    "Erasure",
    "IbPartner",
    "Job",
    "LoginAttempt",
    "NotificationChannel",
    "NotificationCode",
    "NotificationDelivery",
    "NotificationSettings",
    "PendingOrder",
    "PreparedChunk",
    "PreparedFile",
    "QuoteBar",
    "RiskEvent",
    "Session",
    "Signal",
    "SignalExecution",
    "SignalFingerprint",
    "Strategy",
    "StrategyAccount",
    "Symbol",
    "SyncRun",
    "SystemLog",
    "TicketOrder",
    "Trade",
    "TradeDay",
    "TradeEvent",
    "User",
    "UserSettings",
]
