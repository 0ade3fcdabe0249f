// The studio: all projects, or the one named in the address.
import { useEffect, useState } from "react";
import { useSearchParams } from "react-router";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { Projects } from "./projects.jsx";
import { Workspace } from "./workspace.jsx";

export function Studio() {
  const [params, setParams] = useSearchParams();
  const [isHere, setHere] = useState(false); // the page was drawn beforehand, for no address in particular
  useEffect(() => setHere(true), []);
  const id = params.get("project") ?? "";
  const open = (project, begin = "") => setParams(begin === "words" ? { project, begin } : { project });
  if (!isHere) return <div className="studio-wait" aria-busy="true"><Icon name="spinner" size="s" className="spin" />Opening the studio</div>;
  if (!id) return <Projects onOpen={open} wanted={params.get("new") ?? ""} />;
  return <Workspace key={id} id={id} begin={params.get("begin") ?? ""} onLeave={() => setParams({})} onOpenProject={open} onWizard={() => setParams({ new: "wizard" })} />;
}
