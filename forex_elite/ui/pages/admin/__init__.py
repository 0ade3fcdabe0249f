"""Pages for administrators and super_admins: people, queue, logs, audit log, features."""
