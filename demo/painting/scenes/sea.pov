// The open sea in the evening: isosurface-free waves, a low sun and thin clouds.
#version 3.7;
global_settings { assumed_gamma 1.0 }
#declare Sun_Way = vnormalize(<-0.10, 0.085, 1>);
camera { location <0, 2.2, -6> look_at <0.4, 2.9, 10> right x * image_width / image_height angle 58 }
light_source { Sun_Way * 10000 color rgb <1.9, 1.15, 0.6> }
sky_sphere {
  pigment {
    gradient y
    color_map {
      [0.000 rgb <1.00, 0.50, 0.20>]
      [0.030 rgb <1.00, 0.55, 0.26>]
      [0.100 rgb <0.90, 0.42, 0.34>]
      [0.220 rgb <0.42, 0.28, 0.42>]
      [0.450 rgb <0.12, 0.14, 0.32>]
      [1.000 rgb <0.03, 0.05, 0.16>]
    }
  }
  pigment {
    wrinkles turbulence 0.55 octaves 7 omega 0.55 lambda 2.2
    color_map {
      [0.00 rgbt <1.0, 0.45, 0.25, 1>]
      [0.42 rgbt <1.0, 0.45, 0.25, 1>]
      [0.58 rgbt <1.0, 0.42, 0.22, 0.55>]
      [0.72 rgbt <0.95, 0.34, 0.24, 0.25>]
      [1.00 rgbt <0.30, 0.16, 0.26, 0.10>]
    }
    scale <0.9, 0.10, 0.5> rotate z * 4
  }
  pigment {
    spherical
    color_map { [0.0 rgbt <1, 0.7, 0.3, 1>] [0.55 rgbt <1, 0.75, 0.35, 0.85>] [0.80 rgbt <1, 0.85, 0.5, 0.45>] [0.93 rgbt <1, 0.93, 0.7, 0.1>] [1 rgbt <1, 0.97, 0.85, 0>] }
    scale 0.30 translate Sun_Way
  }
}
sphere {
  Sun_Way * 5000, 120
  pigment { rgb 1 } finish { ambient 0 diffuse 0 emission <3, 2.3, 1.4> } no_shadow
}
plane {
  y, 0
  pigment { rgb <0.010, 0.022, 0.045> }
  normal {
    average
    normal_map {
      [1.0 bumps 0.75 scale <2.6, 1, 0.9> turbulence 0.3]
      [0.8 bumps 0.60 scale <0.9, 1, 0.34> rotate y * 12]
      [0.6 wrinkles 0.55 scale <0.42, 1, 0.16> rotate y * -9]
      [0.4 bumps 0.40 scale <0.12, 1, 0.06>]
    }
  }
  finish { diffuse 0.12 reflection { 0.05, 1.0 fresnel on } conserve_energy specular 0.9 roughness 0.004 }
  interior { ior 1.33 }
}
// A boat on its way home.
#declare Dark = texture { pigment { rgb <0.012, 0.010, 0.018> } finish { diffuse 0.3 } }
union {
  difference {
    sphere { 0, 1 scale <1.5, 0.42, 0.45> }
    plane { -y, -0.05 }
  }
  cylinder { <0.05, 0, 0>, <0.05, 2.9, 0>, 0.025 }
  triangle { <0.0, 2.8, 0>, <0.0, 0.45, 0>, <-1.25, 0.42, 0.15> }
  triangle { <0.12, 2.55, 0>, <0.12, 0.42, 0>, <1.35, 0.34, 0.10> }
  texture { Dark }
  scale 1.25 rotate y * 14 rotate z * -3 translate <4.1, 0.05, 17>
}
