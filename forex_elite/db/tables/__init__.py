"""The schema. Importing this package registers every table with SQLModel's metadata."""

from forex_elite.db.tables.ea import EaDraftFile, EaPreset, EaProject, EaVersion, EaVersionFile
from forex_elite.db.tables.ea_deployments import EaDeployment, EaDeploymentEvent
from forex_elite.db.tables.ea_generations import EaGeneration, EaGenerationEvent
from forex_elite.db.tables.experts import Artifact
from forex_elite.db.tables.people import Consent, IbPartner, LoginAttempt, Session, User, UserSettings
from forex_elite.db.tables.signals import Signal, SignalExecution, SignalFingerprint, Strategy, StrategyAccount
from forex_elite.db.tables.terminals import Account, Agent, Symbol, SystemLog, Trade, TradeEvent
from forex_elite.db.tables.trading import Job, RiskEvent

__all__ = [
    "Account",
    "Agent",
    "Artifact",
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
    "IbPartner",
    "Job",
    "LoginAttempt",
    "RiskEvent",
    "Session",
    "Signal",
    "SignalExecution",
    "SignalFingerprint",
    "Strategy",
    "StrategyAccount",
    "Symbol",
    "SystemLog",
    "Trade",
    "TradeEvent",
    "User",
    "UserSettings",
]
