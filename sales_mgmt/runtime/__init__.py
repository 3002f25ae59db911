"""How the product runs on one machine: its servers, processes and set-up steps."""
