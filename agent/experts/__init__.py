"""Expert Advisors on this machine: compiled, put in place, attached, watched and tested.

All of it runs in the supervisor on files and programs; nothing here talks to the MetaTrader5 package, so that a slow
compile never holds up an order.
"""
