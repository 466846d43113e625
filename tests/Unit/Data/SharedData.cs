namespace Scenograph.Tests.Unit.Data;

/// <summary>Finds the sample data that lies beside the checkout.</summary>
internal static class SharedData
{
    /// <summary>Path of <c>shared/data/NAME</c>, or null where this machine has none.</summary>
    public static string? Find(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "data", name);
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
