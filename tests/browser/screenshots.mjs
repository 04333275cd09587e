// Takes pictures of the pages, on a server without other users, into the folder that the first argument names.

import { argv } from 'node:process';

import { chromium } from 'playwright-core';

import { OPTIONS, PATIENCE, origin, superAdmin } from './browser.mjs';

const folder = argv[2];
const DESKTOP = { width: 1000, height: 640 };
const PHONE = { width: 360, height: 740 };

const browser = await chromium.launch(OPTIONS);
try {
  await makeUsers();
  for (const colorScheme of ['light', 'dark']) {
    const page = await open({ viewport: DESKTOP, colorScheme });
    await page.goto(`${origin}/console/login`);
    await take(page, `log-in-${colorScheme}`);
    await logIn(page);
    await take(page, `account-${colorScheme}`);
    await page.goto(`${origin}/console/users?sort=role`);
    await take(page, `users-${colorScheme}`);
    await page.getByRole('link', { name: 'ada.lovelace' }).click();
    await take(page, `user-${colorScheme}`);
    await page.goto(`${origin}/console/audit`);
    await take(page, `audit-${colorScheme}`);
  }
  const phone = await open({ viewport: PHONE, colorScheme: 'light' });
  await phone.goto(`${origin}/console/login`);
  await logIn(phone);
  await phone.goto(`${origin}/console/users`);
  await take(phone, 'users-phone');
} finally {
  await browser.close();
}

async function open(options) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(PATIENCE);
  return context.newPage();
}

async function logIn(page) {
  await page.getByLabel('Username').fill(superAdmin.username);
  await page.getByLabel('Password').fill(superAdmin.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'Your account' }).waitFor();
}

async function take(page, name) {
  // Without the page's focus ring.
  await page.evaluate(() => document.activeElement.blur());
  await page.screenshot({ path: `${folder}/${name}.png` });
}

async function makeUsers() {
  const api = (await browser.newContext({ baseURL: origin })).request;
  const call = async (method, path, data) => {
    const response = await api.fetch(`/api/v1/${path}`, { method, data });
    if (!response.ok()) {
      throw new Error(`${method} ${path}: ${response.status()} ${await response.text()}`);
    }
  };
  await call('POST', 'account/login', superAdmin);
  const { password } = superAdmin;
  for (const [username, role] of [
    ['ada.lovelace', 'user'], ['alan.turing', 'admin'], ['barbara.liskov', 'admin'], ['dennis.ritchie', 'user'],
    ['edsger.dijkstra', 'user'], ['frances.allen', 'user'], ['katherine.johnson', 'user'], ['tony.hoare', 'user'],
  ]) {
    await call('POST', 'users/', { username, password, role });
  }
  await call('PATCH', 'users/inactivate', { username: 'dennis.ritchie' });
  const ada = await browser.newContext({ baseURL: origin });
  await ada.request.post('/api/v1/account/login', {
    data: { username: 'ada.lovelace', password },
    headers: {
      'user-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Mobile/15E148 Safari/604.1',
    },
  });
}
