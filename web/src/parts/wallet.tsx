import { useEffect, useState } from "react";
import { useAttempt, useShared } from "../context.tsx";
import { tokens, units } from "../format.ts";
import { text } from "../text.ts";
import { connect, discover, type Found, handlers } from "../wallet.ts";
import { Failure, Id, Loading } from "./basics.tsx";

const developmentChain = 1337;

/** WalletPanel connects a wallet and shows what it holds. */
export function WalletPanel() {
  const { client, file, balance, setBalance } = useShared();
  const [found, setFound] = useState<Found[]>([]);
  const { busy, fault, attempt } = useAttempt();
  useEffect(() => discover(setFound), []);

  const use = (f: Found) =>
    attempt(async () => {
      const address = await connect(f.provider, file.contracts.chainId);
      Object.assign(client.handlers, handlers(f.provider));
      setBalance(await client.call("wallet", { address }));
    });
  const throwaway = () => attempt(async () => setBalance(await client.call("wallet", { throwaway: true })));
  const leave = () => attempt(async () => setBalance(await client.call("wallet", {})));

  const t = text.wallet;
  if (balance) {
    return (
      <div className="wallet">
        <p><Id value={balance.address} /></p>
        <p><strong>{t.balance(tokens(balance.tokens))}</strong>, {t.gas(units(balance.wei, 18, 4))}</p>
        <button type="button" onClick={leave} disabled={busy}>{t.disconnect}</button>
        {fault && <Failure fault={fault} />}
      </div>
    );
  }
  return (
    <div className="wallet">
      <div className="choices">
        {found.map((f) => <button key={f.id} type="button" onClick={() => use(f)} disabled={busy}>{t.browser(f.name)}</button>)}
        {file.contracts.chainId === developmentChain && (
          <button type="button" onClick={throwaway} disabled={busy} aria-describedby="throwaway-note">{t.throwaway}</button>
        )}
      </div>
      {found.length === 0 && <p className="why">{t.noBrowser}</p>}
      {file.contracts.chainId === developmentChain && <p className="why" id="throwaway-note">{t.throwawayNote}</p>}
      {busy && <Loading what={t.filling} />}
      {fault && <Failure fault={fault} />}
    </div>
  );
}
