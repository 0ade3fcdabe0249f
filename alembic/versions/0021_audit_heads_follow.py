"""The end of an audit chain moves with its records alone: no role can set it, or what was dropped of it, by itself.

A chain's head is written by the trigger that chains a record, under the rights of whoever appends. A second trigger
looks at each such step again when the transaction ends: it must be one step on, to a record that is really there.
"""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

FOLLOW = """
create function follow_audit() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        if new.seq = 0 and new.hash = '' and new.pruned_seq = 0 and new.pruned_hash = '' then
            return new;
        end if;
    elsif new.seq = old.seq + 1 and exists (
        select 1 from audit_log r
        where r.user_id = new.user_id and r.seq = new.seq and r.previous_hash = old.hash and r.hash = new.hash)
    then
        return new;
    end if;
    raise exception 'the end of an audit chain follows its records alone' using errcode = 'insufficient_privilege';
end $$
"""


def upgrade() -> None:
    """Apply."""
    op.execute(FOLLOW)
    op.execute("create trigger begins before insert on audit_heads for each row execute function follow_audit()")
    # deferred, since a statement that adds many records moves the head before the first of them is there to be seen
    op.execute(
        "create constraint trigger follows after update on audit_heads deferrable initially deferred for each row "
        "when ((old.seq, old.hash) is distinct from (new.seq, new.hash)) execute function follow_audit()"
    )
    op.execute("revoke update on audit_heads from app")
    op.execute("grant update (seq, hash) on audit_heads to app")


def downgrade() -> None:
    """Take back."""
    op.execute("revoke update (seq, hash) on audit_heads from app")
    op.execute("grant update on audit_heads to app")
    op.execute("drop trigger follows on audit_heads")
    op.execute("drop trigger begins on audit_heads")
    op.execute("drop function follow_audit()")
