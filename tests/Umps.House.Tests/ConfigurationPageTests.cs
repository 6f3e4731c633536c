using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Umps.Configuration;
using Umps.Testing;
using Umps.Transport;
using Xunit;

namespace Umps.Tests;

/// <summary>docs/configuration.md is made from the options records: this test compares it, and writes it with UMPS_UPDATE_DOCS=1.</summary>
public sealed partial class ConfigurationPageTests
{
    private const string Page = "docs/configuration.md", Begin = "<!-- options: made by tests/Umps.House.Tests -->", End = "<!-- end of options -->";

    [Fact]
    public void Page_IsMadeFromTheOptions()
    {
        string path = Path.Combine(Repository.Root, Page);
        string page = File.ReadAllText(path);
        int begin = page.IndexOf(Begin, StringComparison.Ordinal), end = page.IndexOf(End, StringComparison.Ordinal);
        Assert.True(begin >= 0 && end > begin, $"{Page} needs the lines\n{Begin}\n{End}\nbetween which the tables stand");
        string tables = Begin + "\n" + Tables() + End;

        if (Environment.GetEnvironmentVariable("UMPS_UPDATE_DOCS") == "1")
            File.WriteAllText(path, page[..begin] + tables + page[(end + End.Length)..]);
        else
            Assert.True(page[begin..(end + End.Length)] == tables, $"{Page} differs from the options records. Write it anew: UMPS_UPDATE_DOCS=1 dotnet test tests/Umps.House.Tests");
    }

    [Fact]
    public void Options_AreSealedRecordsWithInitProperties()
    {
        foreach (Type type in OptionTypes(typeof(MpiOptions)))
        {
            Assert.True(type.IsSealed && type.GetMethod("<Clone>$") is not null, $"{type.Name} is a sealed record");
            foreach (PropertyInfo property in Properties(type))
                Assert.True(property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Any(m => m.Name == "IsExternalInit") == true, $"{type.Name}.{property.Name} has an init accessor");
        }
    }

    /// <summary>A record in a record that is no group could not be configured.</summary>
    [Fact]
    public void RecordsOfOptions_AreGroups() => Assert.All(
        OptionTypes(typeof(MpiOptions)).SelectMany(Properties).Where(p => p.PropertyType.Name.EndsWith("Options", StringComparison.Ordinal)),
        p => Assert.True(IsGroup(p), $"{p.PropertyType.Name} implements IOptionGroup"));

    private static string Tables()
    {
        var text = new StringBuilder();
        Append(text, typeof(MpiOptions), new MpiOptions(), "Umps");
        return text.ToString();
    }

    private static void Append(StringBuilder text, Type type, object defaults, string section)
    {
        Dictionary<string, string> docs = Documentation(type);
        List<PropertyInfo> groups = [.. Properties(type).Where(IsGroup)];
        List<PropertyInfo> values = [.. Properties(type).Where(p => !IsGroup(p))];
        text.Append(CultureInfo.InvariantCulture, $"\n## Section `{section}`\n| option | default | takes | what it is |\n|---|---|---|---|\n");
        foreach (PropertyInfo property in values)
            text.Append(CultureInfo.InvariantCulture, $"| `{property.Name}` | {Show(property.GetValue(defaults))} | {OptionType.Of(property)?.Takes} | {docs.GetValueOrDefault(property.Name, "")} |\n");
        foreach (PropertyInfo group in groups)
            Append(text, group.PropertyType, group.GetValue(defaults)!, $"{section}:{group.Name}");
    }

    private static IEnumerable<Type> OptionTypes(Type type) => Properties(type).Where(IsGroup).SelectMany(p => OptionTypes(p.PropertyType)).Prepend(type);

    private static bool IsGroup(PropertyInfo property) => typeof(IOptionGroup).IsAssignableFrom(property.PropertyType);

    private static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.SetMethod is not null);

    private static string Show(object? value) => value switch
    {
        null => "none",
        "" => "none",
        string text => $"`{text}`",
        IEnumerable list => string.Join(", ", list.Cast<object>().Select(Show)),
        IFormattable number => $"`{number.ToString(null, CultureInfo.InvariantCulture)}`",
        bool truth => truth ? "`true`" : "`false`",
        _ => $"`{value}`",
    };

    /// <summary>The summaries of the type's properties, from the XML documentation beside its assembly.</summary>
    private static Dictionary<string, string> Documentation(Type type)
    {
        string file = Path.ChangeExtension(type.Assembly.Location, ".xml");
        string prefix = $"P:{type.FullName}.";
        return XDocument.Load(file).Descendants("member")
            .Where(m => ((string?)m.Attribute("name"))?.StartsWith(prefix, StringComparison.Ordinal) == true)
            .ToDictionary(m => ((string)m.Attribute("name")!)[prefix.Length..], m => Plain(m.Element("summary")));
    }

    private static string Plain(XElement? element)
    {
        if (element is null)
            return "";
        var text = new StringBuilder();
        foreach (XNode node in element.Nodes())
        {
            text.Append(node switch
            {
                XText plain => plain.Value,
                XElement e when e.Attribute("cref") is { } cref => $"`{ShortName(cref.Value)}`",
                XElement e => $"`{e.Value}`",
                _ => "",
            });
        }

        return Blanks().Replace(text.ToString(), " ").Trim().Replace("|", "\\|", StringComparison.Ordinal);
    }

    private static string ShortName(string cref)
    {
        string[] parts = cref[2..].Split('(')[0].Split('.');
        return cref[0] == 'T' || parts.Length < 2 ? parts[^1] : $"{parts[^2]}.{parts[^1]}";
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
