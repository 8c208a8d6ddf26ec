/** The account that the first start outside production creates, with jobs to look at. */
export const demoAccount = {
  name: "Demo",
  email: "demo@headway.example",
  password: "headway-demo",
};
