// A guarded service, as a person opens it in headless Chromium: the log-in and the way back.
//
// SERVICE_URL is the origin of the service, which greets its user by name. The person of GATEHOUSE_USER need not be a
// super admin here.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PATIENCE, launch, origin, superAdmin as person, variable } from './browser.mjs';

const { origin: service } = new URL(variable('SERVICE_URL'));
const asked = `${service}/reports?year=2026&all=%2F`;

for (const javaScriptEnabled of [true, false]) {
  const scripts = javaScriptEnabled ? 'with scripts' : 'without scripts';

  test(`a person logs in, returns to the page that was asked for, and logs out: ${scripts}`, { timeout: 6 * PATIENCE }, async (t) => {
    const { context, page } = await open(t, { javaScriptEnabled });
    await page.goto(asked);
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    assert.equal(new URL(page.url()).origin, origin);
    await logIn(page);
    await page.getByText(`hello ${person.username}`).waitFor();
    assert.equal(page.url(), asked);
    const cookies = await context.cookies(service);
    assert.deepEqual(cookies.map(({ name, httpOnly }) => [name, httpOnly]), [['access_token_pass', true]]);

    // Who is logged in already, but has no pass, is led through at once.
    await context.clearCookies({ name: 'access_token_pass' });
    await page.goto(`${service}/again`);
    await page.getByText(`hello ${person.username}`).waitFor();
    assert.equal(page.url(), `${service}/again`);

    await page.goto(`${origin}/console/`);
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByText('You are logged out.').waitFor();
    assert.deepEqual(await context.cookies(service), []);
    await page.goto(asked);
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
  });

  test(`a person whom the service sends back at once sees a link, and no loop: ${scripts}`, { timeout: 6 * PATIENCE }, async (t) => {
    const { context, page } = await open(t, { javaScriptEnabled });
    await page.goto(asked);
    await logIn(page);
    await page.getByText(`hello ${person.username}`).waitFor();
    // As in a browser that has not kept the pass.
    await context.clearCookies({ name: 'access_token_pass' });
    await page.goto(asked);
    await page.getByRole('heading', { name: 'You are logged in' }).waitFor();
    await page.getByRole('link', { name: 'Continue' }).click();
    await page.getByText(`hello ${person.username}`).waitFor();
    assert.equal(page.url(), asked);
  });
}

async function open(t, options) {
  const browser = await launch(t);
  const context = await browser.newContext(options);
  context.setDefaultTimeout(PATIENCE);
  return { context, page: await context.newPage() };
}

async function logIn(page) {
  await page.getByLabel('Username').fill(person.username);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Log in' }).click();
}
