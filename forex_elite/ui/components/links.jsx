// Anchors the router must leave alone: a jump within the page, or a fresh load of it.

/** Without `href`, loads the present page anew. */
export function PlainLink({ href, className, children }) {
  const reload = (event) => {
    event.preventDefault();
    window.location.reload();
  };
  return <a href={href || "#"} className={className} onClick={href ? undefined : reload}>{children}</a>;
}
