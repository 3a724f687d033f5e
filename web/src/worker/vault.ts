// The browser's side of client.Store: jobs and records encrypted by a key that cannot be exported, blobs as they are.

const database = "encompute";

interface Secret { revision: number; iv: Uint8Array<ArrayBuffer>; data: ArrayBuffer }
interface Blob { id: string; size: number }

function settled<T>(r: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    r.onsuccess = () => resolve(r.result);
    r.onerror = () => reject(r.error ?? new Error("the request failed"));
  });
}

function done(t: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    t.oncomplete = () => resolve();
    t.onabort = t.onerror = () => reject(t.error ?? new Error("the transaction failed"));
  });
}

async function open(): Promise<IDBDatabase> {
  const r = indexedDB.open(database, 1);
  r.onupgradeneeded = () => {
    for (const name of ["keys", "secrets", "blobs", "parts"]) r.result.createObjectStore(name);
  };
  return settled(r);
}

/** Vault keeps what a tab must not lose when it is closed. All its methods may be called from Go. */
export class Vault {
  private constructor(private readonly db: IDBDatabase, private readonly key: CryptoKey) {}

  static async open(): Promise<Vault> {
    const db = await open();
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    const t = db.transaction("keys", "readwrite"); // another tab may be first: its key counts
    const store = t.objectStore("keys");
    const known = await settled<CryptoKey | undefined>(store.get("wrap"));
    if (!known) store.put(made, "wrap");
    await done(t);
    return new Vault(db, known ?? made);
  }

  private place(kind: string, name: string, revision: number): Uint8Array<ArrayBuffer> {
    return new TextEncoder().encode(`${kind}/${name}/${revision}`);
  }

  async get(kind: string, name: string): Promise<{ revision: number; bytes: Uint8Array } | null> {
    const s = await settled<Secret | undefined>(this.db.transaction("secrets").objectStore("secrets").get([kind, name]));
    if (!s) return null;
    const additionalData = this.place(kind, name, s.revision);
    const bytes = await crypto.subtle.decrypt({ name: "AES-GCM", iv: s.iv, additionalData }, this.key, s.data);
    return { revision: s.revision, bytes: new Uint8Array(bytes) };
  }

  /** put replaces the given revision by the next one; false if another is stored. */
  async put(kind: string, name: string, revision: number, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const additionalData = this.place(kind, name, revision + 1);
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, this.key, bytes);
    const t = this.db.transaction("secrets", "readwrite", { durability: "strict" });
    const store = t.objectStore("secrets");
    const stored = await settled<Secret | undefined>(store.get([kind, name]));
    if ((stored?.revision ?? 0) !== revision) {
      t.abort();
      return false;
    }
    store.put({ revision: revision + 1, iv, data } satisfies Secret, [kind, name]);
    await done(t);
    return true;
  }

  async list(kind: string): Promise<string[]> {
    const range = IDBKeyRange.bound([kind], [kind, []]);
    const keys = await settled(this.db.transaction("secrets").objectStore("secrets").getAllKeys(range));
    return keys.map((k) => (k as [string, string])[1]);
  }

  async remove(kind: string, name: string): Promise<void> {
    await this.change(["secrets"], (t) => t.objectStore("secrets").delete([kind, name]));
  }

  async beginBlob(): Promise<string> {
    return crypto.randomUUID();
  }

  async putPart(id: string, index: number, bytes: Uint8Array): Promise<void> {
    await this.change(["parts"], (t) => t.objectStore("parts").put(bytes, [id, index]));
  }

  async endBlob(id: string, digest: string, size: number): Promise<void> {
    const before = await this.openBlob(digest);
    await this.change(["blobs"], (t) => t.objectStore("blobs").put({ id, size } satisfies Blob, digest));
    if (before) await this.dropBlob(before.id);
  }

  async dropBlob(id: string): Promise<void> {
    await this.change(["parts"], (t) => t.objectStore("parts").delete(IDBKeyRange.bound([id], [id, []])));
  }

  async openBlob(digest: string): Promise<Blob | null> {
    return (await settled<Blob | undefined>(this.db.transaction("blobs").objectStore("blobs").get(digest))) ?? null;
  }

  async part(id: string, index: number): Promise<Uint8Array> {
    const b = await settled<Uint8Array | undefined>(this.db.transaction("parts").objectStore("parts").get([id, index]));
    if (!b) throw new Error(`part ${index} of a blob is gone`);
    return b;
  }

  async removeBlob(digest: string): Promise<void> {
    const b = await this.openBlob(digest);
    if (!b) return;
    await this.change(["blobs"], (t) => t.objectStore("blobs").delete(digest));
    await this.dropBlob(b.id);
  }

  /** erase removes everything. Only a vault that is opened anew keeps anything again. */
  async erase(): Promise<void> {
    const all = [...this.db.objectStoreNames];
    await this.change(all, (t) => all.forEach((name) => t.objectStore(name).clear()));
  }

  private async change(stores: string[], act: (t: IDBTransaction) => void): Promise<void> {
    const t = this.db.transaction(stores, "readwrite");
    act(t);
    await done(t);
  }
}
