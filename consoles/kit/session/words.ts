import { defineWords } from "../words"

export const words = defineWords({
  en: {
    title: "Sign in",
    tenant: "Company",
    tenantHelp: "The short name your company has here, such as demo",
    login: "Login",
    password: "Password",
    submit: "Sign in",
    missing: "Fill this in",
    unreachable: "The server does not answer. Check the connection and try again.",
    tagline: "One product, one stock, one price, one order. Every channel.",
  },
  zh: {
    title: "登录",
    tenant: "企业",
    tenantHelp: "企业在此处的简称，例如 demo",
    login: "账号",
    password: "密码",
    submit: "登录",
    missing: "请填写",
    unreachable: "服务器没有应答，请检查网络后重试。",
    tagline: "商品、库存、价格、订单，全渠道一盘棋。",
  },
})
