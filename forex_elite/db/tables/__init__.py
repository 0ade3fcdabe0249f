"""The schema. Importing this package registers every table with SQLModel's metadata."""

from forex_elite.db.tables.candles import Candle, CandleSeries
from forex_elite.db.tables.ea import EaDraftFile, EaPreset, EaProject, EaVersion, EaVersionFile
from forex_elite.db.tables.ea_backtests import EaBacktest
from forex_elite.db.tables.ea_deployments import EaDeployment, EaDeploymentEvent
from forex_elite.db.tables.ea_generations import EaGeneration, EaGenerationEvent
from forex_elite.db.tables.experts import Artifact
from forex_elite.db.tables.files import Erasure, PreparedChunk, PreparedFile
from forex_elite.db.tables.leaderboard import (
    LeaderboardBoard,
    LeaderboardChange,
    LeaderboardClosing,
    LeaderboardEntry,
    LeaderboardProfile,
    LeaderboardResult,
    Prize,
)
from forex_elite.db.tables.notifications import (
    NotificationChannel,
    NotificationCode,
    NotificationDelivery,
    NotificationSettings,
)
from forex_elite.db.tables.orders import PendingOrder, TicketOrder
from forex_elite.db.tables.oversight import AuditHead, AuditRecord
from forex_elite.db.tables.partners import IbPayout, IbRevenue, IbRevenueRun, IbTier, Subscription
from forex_elite.db.tables.people import (
    ApiToken,
    Consent,
    FeatureSetting,
    IbPartner,
    LoginAttempt,
    PasswordReset,
    RecoveryCode,
    Session,
    User,
    UserCredential,
    UserSettings,
)
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
    "ApiToken",
    "Artifact",
    "AuditHead",
    "AuditRecord",
    "BalanceOperation",
    "BrokerQuote",
    "Candle",
    "CandleSeries",
    "Consent",
    "EaBacktest",
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
    "FeatureSetting",
    "IbPartner",
    "IbPayout",
    "IbRevenue",
    "IbRevenueRun",
    "IbTier",
    "Job",
    "LeaderboardBoard",
    "LeaderboardChange",
    "LeaderboardClosing",
    "LeaderboardEntry",
    "LeaderboardProfile",
    "LeaderboardResult",
    "LoginAttempt",
    "NotificationChannel",
    "NotificationCode",
    "NotificationDelivery",
    "NotificationSettings",
    "PasswordReset",
    "PendingOrder",
    "PreparedChunk",
    "PreparedFile",
    "Prize",
    "QuoteBar",
    "RecoveryCode",
    "RiskEvent",
    "Session",
    "Signal",
    "SignalExecution",
    "SignalFingerprint",
    "Strategy",
    "StrategyAccount",
    "Subscription",
    "Symbol",
    "SyncRun",
    "SystemLog",
    "TicketOrder",
    "Trade",
    "TradeDay",
    "TradeEvent",
    "User",
    "UserCredential",
    "UserSettings",
]
