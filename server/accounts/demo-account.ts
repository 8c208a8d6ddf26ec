/** The account that the first start outside production creates, with examples of jobs. */
export const demoAccount = {
  name: "Demo",
  email: "demo@headway.example",
  password: "headway-demo",
};
