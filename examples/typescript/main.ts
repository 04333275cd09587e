// Signs up, logs in, lists the users as an admin and logs out.

import { randomUUID } from "node:crypto";
import makeFetchCookie from "fetch-cookie";
import createClient from "openapi-fetch";
import type { components, paths } from "./gatehouse.js";

type Problem = components["schemas"]["Problem"];

const baseUrl = fromEnvironment("GATEHOUSE_URL");
const adminCredentials = { username: fromEnvironment("GATEHOUSE_USER"), password: fromEnvironment("GATEHOUSE_PASSWORD") };

const ada = connect();
const account = { username: `ada.${randomUUID().slice(0, 8)}`, password: randomUUID() };
const user = succeeded(await ada.POST("/api/v1/account/signup", { body: account }));
console.log(`signed up: ${user.username}`);

const taken = await ada.POST("/api/v1/account/signup", { body: account });
// Programs go by the code, people by the detail.
if (taken.error?.code === "username_already_exists") {
  console.log(`signed up again: ${taken.error.code}: ${taken.error.detail}`);
}

succeeded(await ada.POST("/api/v1/account/login", { body: account }));
const me = succeeded(await ada.GET("/api/v1/account/me"));
console.log(`logged in: ${me.username}, ${me.role}, until ${me.session_expires_at}`);

const admin = connect();
succeeded(await admin.POST("/api/v1/account/login", { body: adminCredentials }));
const page = succeeded(
  await admin.GET("/api/v1/users", {
    params: { query: { sorting_field: "created_at", sorting_order: "DESC", limit: 10 } },
  }),
);
console.log(`users: ${page.total_is_exact ? "" : "more than "}${page.total}, the newest first`);
for (const user of page.users) {
  console.log(`  ${user.username}, ${user.role}, ${user.is_active ? "active" : "inactive"}`);
}

for (const client of [ada, admin]) {
  succeeded(await client.DELETE("/api/v1/account/logout"));
}
const gone = await ada.GET("/api/v1/account/me");
console.log(`logged out: ${gone.error?.code}`);

/** A client with a session of its own. */
function connect() {
  // The session is a cookie. The fetch of Node.js keeps none, so it is given a jar. A browser keeps them by itself:
  // there, `createClient<paths>({ baseUrl, credentials: "include" })` is all.
  return createClient<paths>({ baseUrl, fetch: makeFetchCookie(fetch) });
}

/** What the answer brings; a refusal that is not expected ends the program. */
function succeeded<T>({ data, error, response }: { data?: T; error?: Problem; response: Response }): T {
  if (!response.ok) {
    throw new Error(`${response.status} ${error?.code}: ${error?.detail} (request ${error?.request_id})`);
  }
  return data as T;
}

function fromEnvironment(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set`);
  }
  return value;
}
