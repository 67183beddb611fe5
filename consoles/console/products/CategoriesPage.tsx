/** The tree by which products are filed: edited beside itself, moved by dragging or by name. */

import { PlusOutlined } from "@ant-design/icons"
import { send, useAct } from "@kit/api/act"
import { fetcher } from "@kit/api/client"
import { RecordPage } from "@kit/record"
import { useSession } from "@kit/session"
import { Go } from "@kit/shell/go"
import { Empty, Waiting } from "@kit/states"
import { useWords } from "@kit/words"
import { Button, Form, Input, Tree, TreeSelect } from "antd"
import { useMemo, useState } from "react"
import "./products.css"
import { type Branch, type Category, useCategories } from "./catalog"
import { words } from "./more.words"

const CODE = /^[^\s/]{1,64}$/

export default function CategoriesPage() {
  const t = useWords(words)
  const { may } = useSession()
  const { categories, tree, waiting } = useCategories()
  const [chosen, choose] = useState<string>()
  const [wanted, want] = useState("")
  const writes = may("catalog:write")
  const put = useAct(
    (_key, one: Category) =>
      send(
        fetcher.PUT("/v1/categories/{code}", {
          params: { path: { code: one.code } },
          body: { name: one.name, parent: one.parent || null },
        }),
      ),
    { said: t("saved"), refresh: ["/v1/categories"], then: (answer) => choose(answer.code) },
  )
  const found = useMemo(() => narrowed(tree, wanted.trim().toLowerCase()), [tree, wanted])
  const known = categories.find((one) => one.code === chosen)
  return (
    <RecordPage
      title={t("categories")}
      actions={
        writes ? (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => choose("")}>
            {t("newCategory")}
          </Button>
        ) : null
      }
      aside={
        chosen === undefined ? (
          <p className="muted">{t("pick")}</p>
        ) : (
          <CategoryForm
            key={`${chosen} ${known?.name} ${known?.parent}`}
            category={known}
            tree={tree}
            writes={writes}
            busy={put.isPending}
            save={(one) => put.mutate(one)}
          />
        )
      }
    >
      {waiting ? (
        <Waiting />
      ) : categories.length === 0 ? (
        <Empty title={t("noCategories")} body={t("noCategoriesBody")} />
      ) : (
        <>
          <Input
            allowClear
            placeholder={t("find")}
            aria-label={t("find")}
            value={wanted}
            onChange={(event) => want(event.target.value)}
            style={{ maxWidth: 320, marginBottom: 12 }}
          />
          <Tree<{ key: string; title: string }>
            key={wanted ? "found" : "all"}
            blockNode
            showLine
            height={640}
            defaultExpandAll={Boolean(wanted)}
            draggable={writes && !wanted ? { icon: false } : false}
            selectedKeys={chosen ? [chosen] : []}
            onSelect={(keys) => choose(keys[0] === undefined ? undefined : String(keys[0]))}
            onDrop={({ dragNode, node, dropToGap }) => {
              const moved = categories.find((one) => one.code === String(dragNode.key))
              const beside = categories.find((one) => one.code === String(node.key))
              if (moved) put.mutate({ ...moved, parent: dropToGap ? beside?.parent : String(node.key) })
            }}
            treeData={keyed(found)}
          />
        </>
      )}
    </RecordPage>
  )
}

function keyed(tree: readonly Branch[]): { key: string; title: string; children: never[] }[] {
  return tree.map((one) => ({ key: one.value, title: one.title, children: keyed(one.children) as never[] }))
}

/** What a search leaves of a tree: the branches that fit, and those that lead to them. */
export function narrowed(tree: readonly Branch[], wanted: string): readonly Branch[] {
  if (!wanted) return tree
  return tree.flatMap((one) => {
    const children = narrowed(one.children, wanted)
    const fits = one.title.toLowerCase().includes(wanted) || one.value.toLowerCase().includes(wanted)
    return fits || children.length
      ? [{ ...one, children: [...(fits && !children.length ? one.children : children)] }]
      : []
  })
}

function CategoryForm(props: {
  category?: Category
  tree: readonly Branch[]
  writes: boolean
  busy: boolean
  save: (one: Category) => void
}) {
  const t = useWords(words)
  const { category } = props
  const needed = [{ required: true, whitespace: true, message: t("required") }]
  return (
    <Form<Category>
      layout="vertical"
      requiredMark={false}
      disabled={!props.writes}
      initialValues={category ?? {}}
      onFinish={props.save}
    >
      <h2>{category ? t("editCategory", { name: category.name }) : t("newCategory")}</h2>
      <Form.Item name="code" label={t("code")} rules={[...needed, { pattern: CODE, message: t("badCode") }]}>
        <Input className="mono" disabled={Boolean(category)} autoFocus={!category} maxLength={64} />
      </Form.Item>
      <Form.Item name="name" label={t("name")} rules={needed}>
        <Input autoFocus={Boolean(category)} maxLength={300} />
      </Form.Item>
      <Form.Item name="parent" label={t("parent")}>
        <TreeSelect
          treeData={[...props.tree]}
          allowClear
          placeholder={t("top")}
          showSearch={{ treeNodeFilterProp: "title" }}
        />
      </Form.Item>
      <div style={{ display: "flex", gap: 12, alignItems: "center" }}>
        <Button type="primary" htmlType="submit" loading={props.busy}>
          {t("save")}
        </Button>
        {category ? <Go to={`/products?category=${encodeURIComponent(category.code)}`}>{t("products")}</Go> : null}
      </div>
    </Form>
  )
}
