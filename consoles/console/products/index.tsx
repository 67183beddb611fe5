import { ApartmentOutlined, AppstoreOutlined, ShopOutlined, TagsOutlined } from "@ant-design/icons"
import type { Area } from "@kit/shell/area"

export const area: Area = {
  pages: [
    { path: "/products", load: () => import("./ProductsPage"), needs: "catalog:read" },
    { path: "/products/new", load: () => import("./NewPage"), needs: "catalog:write" },
    { path: "/products/grid", load: () => import("./GridPage"), needs: "catalog:write" },
    { path: "/products/$product", load: () => import("./ProductPage"), needs: "catalog:read" },
    { path: "/products/$product/edit", load: () => import("./EditPage"), needs: "catalog:write" },
    { path: "/listings", load: () => import("./ListingsPage"), needs: "catalog:read" },
    { path: "/categories", load: () => import("./CategoriesPage"), needs: "catalog:read" },
    { path: "/brands", load: () => import("./BrandsPage"), needs: "catalog:read" },
  ],
  menu: [
    {
      group: "goods",
      order: 10,
      path: "/products",
      icon: <AppstoreOutlined />,
      title: { en: "Products", zh: "商品" },
      needs: "catalog:read",
      also: "sku 单品",
    },
    {
      group: "goods",
      order: 20,
      path: "/listings",
      icon: <ShopOutlined />,
      title: { en: "Listings", zh: "上架" },
      needs: "catalog:read",
    },
    {
      group: "goods",
      order: 40,
      path: "/categories",
      icon: <ApartmentOutlined />,
      title: { en: "Categories", zh: "类目" },
      needs: "catalog:read",
    },
    {
      group: "goods",
      order: 50,
      path: "/brands",
      icon: <TagsOutlined />,
      title: { en: "Brands", zh: "品牌" },
      needs: "catalog:read",
    },
  ],
}
