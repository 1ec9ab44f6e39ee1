"""Text, and only text: from a message to an Understanding. No vectors of users, no decisions."""
