"""Bank statements: reading the exchange file and matching its payments with debts."""
