"""The oracle and the engine driven side by side: random programmes and steps, and the comparison after each of them."""
