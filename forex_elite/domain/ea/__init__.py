"""Expert Advisors as their authors keep them: projects, drafts, versions, presets, deployments, generations."""
