// Makes the tables, `root.admin` and other users, who all have its password.

import { getMigrations } from "better-auth/db/migration";

import { auth, pool } from "./auth.mjs";

const [username, password, users] = process.argv.slice(2);
await (await getMigrations(auth.options)).runMigrations();
const context = await auth.$context;
const hash = await context.password.hash(password);

async function create(username, role) {
  const email = `${username}@example.com`;
  const user = await context.internalAdapter.createUser({ email, name: username, username, role });
  await context.internalAdapter.linkAccount({
    accountId: user.id,
    providerId: "credential",
    userId: user.id,
    password: hash,
  });
}

await create(username, "admin");
for (let number = 1; number <= Number(users); number++) {
  await create(`user${String(number).padStart(7, "0")}`, "user");
}
await pool.end();
