using System.Net;
using System.Text;
using Meridian.Depot;
using Xunit;

namespace Meridian.Tests.Depot;

public sealed class OutsideSettingsTests
{
    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("::1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.168.7.7", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("ff02::1", false)]
    public void Inner_addresses_are_told_from_public_ones(string address, bool isPublic) =>
        Assert.Equal(isPublic, PublicAddress.Is(IPAddress.Parse(address)));

    [Fact]
    public void A_host_is_named_with_or_without_its_port_and_below_a_wildcard()
    {
        using var folder = new ScratchFolder();
        var settings = Read(folder, """{"onlyAllowed":true,"allow":["a.example:8080","b.example","*.c.example"]}""");

        Assert.True(settings.MayName(new("A.example", 8080)) && settings.IsNamed(new("a.example", 8080)));
        Assert.False(settings.MayName(new("a.example", 80)));
        Assert.True(settings.IsNamed(new("b.example", 443)));
        Assert.True(settings.MayName(new("x.c.example", 443)) && !settings.IsNamed(new("x.c.example", 443)));
        Assert.False(settings.MayName(new("c.example", 443)));
        Assert.False(settings.MayName(new("d.example", 443)));
        Assert.True(OutsideSettings.Default.MayName(new("d.example", 443)));
    }

    [Theory]
    [InlineData("""{"alow":[]}""")]
    [InlineData("""{"stores":[{"name":"a","endpoint":"https://x.example"}]}""")]
    [InlineData("""{"stores":[{"name":"a","endpoint":"ftp://x.example","projects":["*"]}]}""")]
    [InlineData("""{"stores":[{"name":"A b","endpoint":"https://x.example","projects":["*"]}]}""")]
    [InlineData("{")]
    public void A_file_with_a_fault_is_refused(string json)
    {
        using var folder = new ScratchFolder();

        Assert.Equal("outside-settings", Assert.Throws<OutsideException>(() => Read(folder, json)).Reason.Code);
    }

    [Fact]
    public void Credentials_are_for_the_owners_eyes_or_in_the_environment()
    {
        using var folder = new ScratchFolder();
        const string open = """{"stores":[{"name":"my-lab","endpoint":"https://x.example","projects":["*"]}]}""";
        const string secret = """{"stores":[{"name":"my-lab","endpoint":"https://x.example","projects":["*"],"authorization":"Bearer y"}]}""";

        Assert.Null(Read(folder, open, isWide: true).Stores.Single().Authorization);
        Assert.Equal("Bearer z", Read(folder, open, isWide: true, name => name == "MERIDIAN_STORE_MY_LAB_AUTHORIZATION" ? "Bearer z" : null).Stores.Single().Authorization);
        Assert.Equal("Bearer y", Read(folder, secret).Stores.Single().Authorization);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Permissions are those of Unix.");
        Assert.Throws<OutsideException>(() => Read(folder, secret, isWide: true));
    }

    private static OutsideSettings Read(ScratchFolder folder, string json, bool isWide = false, Func<string, string?>? environment = null)
    {
        var path = folder.Write("stores.json", Encoding.UTF8.GetBytes(json));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | (isWide ? UnixFileMode.GroupRead : 0));
        return OutsideSettings.Read(path, environment ?? (_ => null));
    }
}
