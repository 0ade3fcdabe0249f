from forex_elite.ui import asset_owner

asset_owner.use()
