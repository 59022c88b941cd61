"""An extension of Salt, with an execution module and a state module ``dockermap``: ``pip install 'docker-map[salt]'``.

Salt finds it by the entry point of this package, and loads ``modules`` and ``states`` itself. Nothing in here imports
Salt or Docker's SDK before it is used: a minion loads all modules that there are.
"""
