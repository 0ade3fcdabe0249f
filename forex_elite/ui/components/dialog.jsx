// Native dialogs: the browser traps focus, gives it back and closes on Esc.
import { useEffect, useId, useRef } from "react";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";

/** `kind`: "modal" or "modal wide"; `open` is the page's, `onClose` tells it that the person closed; `data-first` has the focus. */
export function Dialog({ open, title, icon, tone = "", kind = "modal", onClose, children }) {
  const node = useRef(null);
  const id = useId();
  useEffect(() => {
    const dialog = node.current;
    if (open && !dialog.open) {
      dialog.showModal();
      dialog.querySelector("[data-first]")?.focus();
    }
    if (!open && dialog.open) dialog.close();
  }, [open]);
  const outside = (event) => event.target === event.currentTarget && onClose?.();
  const cancelled = (event) => {
    event.preventDefault();
    onClose?.();
  };
  return (
    <dialog ref={node} className={kind} aria-labelledby={id} onCancel={cancelled} onMouseDown={outside}>
      {open && (
        <>
          <div className={`modal-head ${tone}`}>
            {icon && <Icon name={icon} />}
            <h2 id={id} className="grow">{title}</h2>
            <button type="button" className="btn ghost square small" aria-label="Close" onClick={() => onClose?.()}><Icon name="x" size="s" /></button>
          </div>
          {children}
        </>
      )}
    </dialog>
  );
}
