import { expect, open, test } from '../support/fixtures';

test('a grant is seen by the very next request, and so is its end', async ({ admin, visitor, mode, newcomer, api }) => {
  const name = `Readers ${newcomer.id.slice(0, 8)}`;
  await newcomer.signIn(visitor);
  await open(visitor, '/catalog', mode);
  await expect(visitor.getByText('Nothing has been shared with you yet')).toBeVisible();

  await open(admin, '/admin/access', mode);
  await admin.getByRole('link', { name: 'New group' }).click();
  const dialog = admin.getByRole('dialog', { name: 'New group' });
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(admin.getByText(`Created the group ${name}.`)).toBeVisible();

  await admin.getByRole('link', { name: 'Members', exact: true }).click();
  await admin.getByLabel('Add a person').fill(newcomer.email);
  await admin.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(admin.getByText(`Added ${newcomer.email}.`)).toBeVisible();
  await open(visitor, '/catalog', mode);
  await expect(visitor.getByText('Nothing has been shared with you yet'), 'a group without grants').toBeVisible();

  await admin.getByRole('link', { name: 'Tables', exact: true }).last().click();
  await admin.getByRole('button', { name: 'Grant orders', exact: true }).click();
  await expect(admin.getByText(`Granted orders to ${name}.`)).toBeVisible();
  await open(visitor, '/catalog', mode);
  await expect(visitor.getByRole('rowheader').getByRole('link')).toHaveText(['orders']);

  await admin.getByRole('button', { name: 'Revoke orders', exact: true }).click();
  await expect(admin.getByText('Revoked orders.')).toBeVisible();
  await open(visitor, '/catalog', mode);
  await expect(visitor.getByText('Nothing has been shared with you yet')).toBeVisible();

  const groups = await (await api.get('/api/admin/groups')).json();
  const made = groups.find((group: { name: string }) => group.name === name);
  await api.delete(`/api/admin/groups/${made.id}`);
});

test('the table page tells an admin who may read it', async ({ admin, analyst, mode }) => {
  await open(admin, '/catalog/tables/orders', mode);
  await expect(admin.getByRole('main')).toContainText('Sales');
  await open(analyst, '/catalog/tables/orders', mode);
  await expect(analyst.getByRole('link', { name: 'Edit' })).toHaveCount(0);
});
