// The deployments page: the list of all experts on all accounts, one of them in detail, and the dialogs over both.
import { useEffect, useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import { useServer } from "$/public/external/forex_elite/ui/live/live/server.js";
import { ActDialog, InputsDialog, useActs } from "./acts.jsx";
import { CompareDialog } from "./compare.jsx";
import { DeployDialog } from "./deploy.jsx";
import { Detail } from "./detail.jsx";
import { List } from "./list.jsx";

const PAGE = 50;
const NEWS = ["deployments", "trades", "agents"];

function useList(accountId, filter) {
  const [cursors, setCursors] = useState([]);
  useEffect(() => setCursors([]), [accountId, filter]);
  const query = new URLSearchParams({ limit: PAGE });
  if (accountId) query.set("account_id", accountId);
  if (filter.project) query.set("project_id", filter.project);
  if (filter.tab === "unsettled") query.set("unsettled", "true");
  else if (filter.tab) query.set("desired", filter.tab);
  if (cursors.length) query.set("cursor", cursors.at(-1));
  const { data, problem, retry } = useServer(`/api/ea/deployments?${query}`, NEWS);
  return {
    rows: data?.items ?? null, problem: data ? null : problem, retry, first: cursors.length * PAGE, hasNewer: cursors.length > 0, hasOlder: Boolean(data?.next_cursor),
    newer: () => setCursors((old) => old.slice(0, -1)), older: () => setCursors((old) => [...old, data.next_cursor]),
  };
}

export function Deployments({ accountId = "", zone = "UTC" }) {
  const [params, setParams] = useSearchParams();
  const [filter, setFilter] = useState({ tab: "", project: "" });
  const [chosen, setChosen] = useState(() => new Set());
  const [compared, setCompared] = useState(null);
  const [inputsOf, setInputsOf] = useState(null);
  const { asked, act, close } = useActs();
  const id = params.get("id") ?? "";
  const wanted = params.get("version") ?? "";
  const isDeploying = params.get("new") === "1" || wanted !== "";
  const page = useList(accountId, filter);
  const projects = useServer("/api/ea/projects?limit=200", ["deployments"]);
  const experts = useMemo(() => (projects.data?.items ?? []).filter((one) => one.kind === "expert" && one.version_count > 0), [projects.data]);
  const go = (next) => setParams(next, { preventScrollReset: true });
  const choose = (ids) => setChosen((old) => {
    const next = new Set(old);
    for (const one of ids) if (!next.delete(one)) next.add(one);
    return next;
  });
  return (
    <>
      {id ? <Detail key={id} id={id} zone={zone} onBack={() => go({})} onAct={act} onInputs={setInputsOf} /> : (
        <List page={page} filter={filter} projects={experts} chosen={chosen} onFilter={setFilter} onChoose={choose} onOpen={(one) => go({ id: one })} onAct={act} onDeploy={() => go({ new: "1" })} onCompare={(rows) => setCompared(rows.map((row) => row.id))} />
      )}
      <DeployDialog open={isDeploying} wanted={wanted} accountId={accountId} onClose={() => go(id ? { id } : {})} />
      <ActDialog asked={asked} onClose={close} />
      <InputsDialog row={inputsOf} onClose={() => setInputsOf(null)} />
      <CompareDialog ids={compared} onClose={() => setCompared(null)} />
    </>
  );
}
