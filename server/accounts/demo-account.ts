/** The account that a first start outside of production makes, so that there is something to see. */
export const demoAccount = {
  name: "Demo",
  email: "demo@headway.example",
  password: "headway-demo",
};
