"""5.3.2 for programs: registers, the dossier of a breach and what is done there, alerts, rota, emergency plan."""
