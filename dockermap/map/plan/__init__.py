"""What a call will do, decided as a whole before anything is done."""
