// The time zones this browser knows; the list is far too long to ship with the page.
import { useEffect, useState } from "react";

export function ZoneField({ id, value = "UTC", describedBy, invalid }) {
  const [zones, setZones] = useState([]);
  const [chosen, setChosen] = useState(value);
  useEffect(() => setChosen(value), [value]);
  useEffect(() => setZones(["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")]), []);
  const here = zones.length ? Intl.DateTimeFormat().resolvedOptions().timeZone : "";
  return (
    <select id={id} name={id} className="input" value={chosen} aria-describedby={describedBy || undefined} aria-invalid={invalid ? "true" : undefined} onChange={(event) => setChosen(event.target.value)}>
      {!zones.includes(chosen) && <option value={chosen}>{chosen}</option>}
      {here && <optgroup label="This device"><option value={here}>{here.replaceAll("_", " ")}</option></optgroup>}
      <optgroup label="All">
        {zones.filter((zone) => zone !== here).map((zone) => <option key={zone} value={zone}>{zone.replaceAll("_", " ")}</option>)}
      </optgroup>
    </select>
  );
}
