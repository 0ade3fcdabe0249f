"""Getting onto a VPS and staying there: setup, launcher, releases and their roll-back, the doctor."""
