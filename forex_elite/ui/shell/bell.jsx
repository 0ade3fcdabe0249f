// The bell: how much there is that the person has not seen, and the newest of it.
import { Link } from "react-router";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { Age } from "$/public/external/forex_elite/ui/live/live/live.jsx";
import { Menu } from "./menu.jsx";

const MOST_SHOWN = 99;

/** `alerts`: [{id, message, tone, icon, at}], the newest not yet acknowledged; `unread` counts all of them. */
export function Bell({ alerts = [], unread = 0, onAcknowledge }) {
  const words = unread ? `Alerts, ${unread} not acknowledged` : "Alerts, none open";
  return (
    <Menu
      label={words}
      className="btn ghost square bell"
      trigger={
        <>
          <Icon name="bell" />
          {unread > 0 && <span className="bell-count" aria-hidden="true">{unread > MOST_SHOWN ? `${MOST_SHOWN}+` : unread}</span>}
        </>
      }
    >
      <div className="menu-label" aria-hidden="true">{unread ? "Not acknowledged" : "Nothing to report"}</div>
      {alerts.map((alert) => (
        <Link key={alert.id} to="/notifications" role="menuitem" tabIndex={-1} className={`menu-item alert-item ${alert.tone}`}>
          <Icon name={alert.icon} size="s" />
          <span className="grow">
            <span>{alert.message}</span> <Age at={alert.at} plain />
          </span>
        </Link>
      ))}
      <hr />
      {unread > 0 && (
        <button type="button" role="menuitem" tabIndex={-1} className="menu-item" onClick={() => onAcknowledge?.()}>
          <Icon name="check" size="s" />Acknowledge all
        </button>
      )}
      <Link to="/notifications" role="menuitem" tabIndex={-1} className="menu-item"><Icon name="bell" size="s" />All notifications</Link>
      <Link to="/health" role="menuitem" tabIndex={-1} className="menu-item"><Icon name="health" size="s" />Health</Link>
    </Menu>
  );
}
