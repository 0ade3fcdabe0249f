"""The pages, their states and what they are made of."""

from forex_elite.ui import asset_owner

asset_owner.use()
